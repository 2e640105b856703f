# A proxy on this machine answers every name with an address of its own, and stands behind it.
. "$HERE/lib.sh"
two_hosts
ip -n b addr add 198.18.0.7/32 dev lo
ip -n a route add 198.18.0.0/15 via "$B4"
serve "dns@$B4:53=$B4,$B6 http@198.18.0.7:80=ok"
probe "http://fakeip.example.com/"
