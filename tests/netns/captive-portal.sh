# Port 80 of everybody leads to a login page.
. "$HERE/lib.sh"
two_hosts
serve "dns@$B4:53=$B4,$B6 http@$B4:8081=redirect:http://login.wifi.example/"
on_b nft add table ip rig
on_b nft add chain ip rig prerouting '{ type nat hook prerouting priority -100 ; }'
on_b nft add rule ip rig prerouting tcp dport 80 redirect to :8081
probe "http://shop.example.com/"
