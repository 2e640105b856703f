# The system's name server takes questions and never answers.
. "$HERE/lib.sh"
two_hosts
serve_shop
filter b input udp dport 53 drop
probe --cacert "$CA" "https://$SHOP/"
