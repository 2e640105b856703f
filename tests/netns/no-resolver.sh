# Nobody listens where the system asks for names.
. "$HERE/lib.sh"
two_hosts
probe "https://$SHOP/"
