# Everything leaves through an interface that is named as those of VPNs are.
. "$HERE/lib.sh"
two_hosts
ip -n a link set dev va down
ip -n a link set dev va name tun0
ip -n a link set dev tun0 up
ip -n a addr replace "$A6/64" dev tun0 nodad
ip -n a route add default via "$B4" dev tun0
serve_shop
probe --connect-to "$SHOP:80:$B4:80" "http://$SHOP/"
