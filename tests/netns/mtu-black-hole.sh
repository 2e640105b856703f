# What is larger than 600 bytes never arrives and nobody says so.
. "$HERE/lib.sh"
two_hosts
serve_shop
filter b output meta length '>' 600 drop
probe --connect-to "$SHOP:443:$B4:443" --connect-to "$SHOP:80:$B4:80" --cacert "$CA" "https://$SHOP/"
