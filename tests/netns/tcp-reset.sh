# A firewall answers with a reset.
. "$HERE/lib.sh"
two_hosts
serve_shop
filter b input tcp dport 443 reject with tcp reset
probe --connect-to "$SHOP:443:$B4:443" --cacert "$CA" "https://$SHOP/"
