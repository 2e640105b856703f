# A firewall says that it is one.
. "$HERE/lib.sh"
two_hosts
serve_shop
filter b input tcp dport 443 reject with icmp type admin-prohibited
probe --connect-to "$SHOP:443:$B4:443" --cacert "$CA" "https://$SHOP/"
