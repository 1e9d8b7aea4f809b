# A web page in a container: an image built here, a network, a volume, a published port and a health check.
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
  default     = "quickstart"
  description = "Every object's name begins with this, so that two copies can run side by side."
}

variable "port" {
  type        = number
  default     = 18080
  description = "The port on this machine at which the page is served."
}

variable "message" {
  type        = string
  default     = "Hello from Stowage"
  description = "What the page says."
}

# The image is built from web/Dockerfile, and built again when a file in web/ changes.
resource "docker_image" "web" {
  name = "${var.name}-web:1"

  build {
    context = "${path.module}/web"
  }

  triggers = {
    web = sha1(join("", [for file in fileset(path.module, "web/*") : filesha1("${path.module}/${file}")]))
  }
}

resource "docker_network" "front" {
  name = "${var.name}-front"
}

# The volume outlives the container: each start adds a line to the file starts.txt in it.
resource "docker_volume" "data" {
  name = "${var.name}-data"
}

resource "docker_container" "web" {
  name  = "${var.name}-web"
  image = docker_image.web.image_id
  env   = ["MESSAGE=${var.message}"]

  # An init process hands signals on, so the container stops at once.
  init    = true
  restart = "unless-stopped"

  networks_advanced {
    name    = docker_network.front.name
    aliases = ["web"]
  }

  ports {
    internal = 80
    external = var.port
    ip       = "127.0.0.1"
  }

  volumes {
    volume_name    = docker_volume.data.name
    container_path = "/data"
  }

  # Apply ends when the page is served, not when the process exists.
  wait         = true
  wait_timeout = 30

  healthcheck {
    test     = ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1/"]
    interval = "1s"
    timeout  = "2s"
    retries  = 5
  }
}

output "url" {
  value = "http://127.0.0.1:${var.port}/"
}
