# Connections are let through, but the first record of TLS is met by a reset.
. "$HERE/lib.sh"
two_hosts
serve_shop
filter b input tcp dport 443 @ih,0,8 0x16 reject with tcp reset
probe --connect-to "$SHOP:443:$B4:443" --cacert "$CA" "https://$SHOP/"
