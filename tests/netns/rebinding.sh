# A name with a public address beside one inside: only the first may be visited.
. "$HERE/lib.sh"
two_hosts
serve "dns@$B4:53=$B4,$B6 http@$B4:80=ok"
filter a output ip daddr 192.168.0.0/16 counter
code=0
probe "http://mixed.example.com/" || code=$?
on_a nft list table inet rig >"$FOLDER/counter"
exit "$code"
