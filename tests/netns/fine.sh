# Nothing is wrong: names by the system's resolver, both kinds of addresses, a good certificate.
. "$HERE/lib.sh"
two_hosts
serve_shop
probe --cacert "$CA" "https://shop.example.com/"
