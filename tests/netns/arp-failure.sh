# Nobody on the cable has the address.
. "$HERE/lib.sh"
two_hosts
serve_shop
probe --connect-to "$SHOP:443:93.184.216.99:443" "https://$SHOP/"
