# This machine itself knows no way there.
. "$HERE/lib.sh"
two_hosts
serve_shop
probe --connect-to "$SHOP:443:151.101.1.1:443" "https://$SHOP/"
