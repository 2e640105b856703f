# The system's name server knows no such name.
. "$HERE/lib.sh"
two_hosts
serve_shop
probe "https://unheard-of.example.com/"
