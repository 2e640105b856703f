# A firewall says nothing.
. "$HERE/lib.sh"
two_hosts
serve_shop
filter b input tcp dport 443 drop
probe --connect-to "$SHOP:443:$B4:443" --cacert "$CA" "https://$SHOP/"
