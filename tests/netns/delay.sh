# 40 ms each way and nothing lost.
. "$HERE/lib.sh"
two_hosts --delay-ms 40
serve_shop
probe --connect-to "$SHOP:443:$B4:443" --cacert "$CA" "https://$SHOP/"
