# Writes the page from the environment, notes the start in the volume, and serves.
mkdir -p /www
echo "<!doctype html><title>Stowage</title><h1>$MESSAGE</h1>" > /www/index.html
date >> /data/starts.txt
exec httpd -f -p 80 -h /www
