# 40 ms and 5 % loss each way, twenty tries.
. "$HERE/lib.sh"
two_hosts --delay-ms 40 --loss-percent 5 --seed 3
serve_shop
probe --thorough --connect-to "$SHOP:443:$B4:443" --cacert "$CA" "https://$SHOP/"
