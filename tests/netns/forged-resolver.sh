# Somebody answers before the system's name server does.
. "$HERE/lib.sh"
two_hosts
serve_shop
probe --cacert "$CA" "https://forged.example.com/"
