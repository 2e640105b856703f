# What goes by IPv6 is dropped; IPv4 works.
. "$HERE/lib.sh"
two_hosts
serve_shop
filter b input meta nfproto ipv6 tcp dport 80 drop
probe "http://v6.example.com/"
