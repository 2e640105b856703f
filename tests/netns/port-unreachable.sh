# A router says that nobody listens.
. "$HERE/lib.sh"
two_hosts
serve_shop
filter b input tcp dport 443 reject with icmp type port-unreachable
probe --connect-to "$SHOP:443:$B4:443" --cacert "$CA" "https://$SHOP/"
