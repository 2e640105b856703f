# A public site sends on to the user's own machine: nobody may come.
. "$HERE/lib.sh"
two_hosts
serve "dns@$B4:53=$B4,$B6 http@$B4:80=redirect:http://127.0.0.1:8081/"
filter a output tcp dport 8081 counter
code=0
probe --follow 3 "http://$SHOP/" || code=$?
on_a nft list table inet rig >"$FOLDER/counter"
exit "$code"
