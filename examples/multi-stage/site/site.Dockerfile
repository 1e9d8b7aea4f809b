# The first stage writes the pages; nothing of it but its result is in the image.
FROM busybox:local AS build
ARG RELEASE=unreleased
COPY . /source
RUN mkdir -p /www && for page in /source/pages/*.html; do sed "s/@RELEASE@/$RELEASE/" "$page" > "/www/${page##*/}"; done
RUN ls /source > /www/context.txt

FROM busybox:local AS serve
COPY --from=build /www /www
CMD ["httpd", "-f", "-p", "80", "-h", "/www"]

# Never built: the configuration stops at the stage before.
FROM serve AS debug
RUN exit 1
