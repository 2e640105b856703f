# 40 ms each way, give or take 10.
. "$HERE/lib.sh"
two_hosts --delay-ms 40 --jitter-ms 10
serve_shop
probe --thorough --connect-to "$SHOP:443:$B4:443" --cacert "$CA" "https://$SHOP/"
