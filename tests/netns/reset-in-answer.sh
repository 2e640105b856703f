# A middlebox ends the connection in the middle of an answer.
. "$HERE/lib.sh"
two_hosts
serve "http@$B4:80=slow-body"
filter b input tcp dport 80 ct original packets '>' 6 reject with tcp reset
probe --connect-to "$SHOP:80:$B4:80" "http://$SHOP/"
