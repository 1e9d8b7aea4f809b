# An image in two stages from a Dockerfile under another name. A new version rebuilds it and moves its tag.
terraform {
  required_providers {
    docker = {
      source  = "kreuzwerker/docker"
      version = "~> 4.5"
    }
  }
}

provider "docker" {}

variable "name" {
  type        = string
  default     = "multi-stage"
  description = "Every object's name begins with this."
}

variable "port" {
  type        = number
  default     = 18082
  description = "The port on this machine at which the site is served."
}

variable "release" {
  type        = string
  default     = "1.0"
  description = "Goes into the pages when the image is built."
}

resource "docker_image" "site" {
  name = "${var.name}-site:latest"

  build {
    context    = "${path.module}/site"
    dockerfile = "site.Dockerfile"
    target     = "serve"
    build_args = {
      RELEASE = var.release
    }
  }

  # Only what the build can see: .dockerignore leaves out notes/.
  triggers = {
    pages = sha1(join("", [for file in fileset("${path.module}/site", "pages/**") : filesha1("${path.module}/site/${file}")]))
  }
}

# The container refers to the image by its ID, so the moved tag replaces it.
resource "docker_container" "site" {
  name  = "${var.name}-site"
  image = docker_image.site.image_id
  init  = true

  ports {
    internal = 80
    external = var.port
    ip       = "127.0.0.1"
  }
}

output "url" {
  value = "http://127.0.0.1:${var.port}/"
}
