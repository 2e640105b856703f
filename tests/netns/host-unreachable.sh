# A router says that the host is gone.
. "$HERE/lib.sh"
two_hosts
serve_shop
filter b input tcp dport 443 reject with icmp type host-unreachable
probe --connect-to "$SHOP:443:$B4:443" --cacert "$CA" "https://$SHOP/"
