# One service: a container that serves /www and whatever programs are uploaded to /www/cgi-bin.
terraform {
  required_providers {
    docker = {
      source = "kreuzwerker/docker"
    }
  }
}

variable "name" {
  type        = string
  description = "The container's name, which is its name on its networks too."
}

variable "image" {
  type        = string
  description = "Image ID."
}

variable "networks" {
  type        = list(string)
  description = "Names of the networks it is on."
}

variable "files" {
  type        = map(string)
  default     = {}
  description = "Files to upload before it starts: path to content."
}

variable "programs" {
  type        = map(string)
  default     = {}
  description = "The same for files that can be executed."
}

variable "path" {
  type        = string
  default     = "/"
  description = "What the health check asks for."
}

variable "port" {
  type        = number
  default     = null
  description = "The port on this machine, for a service that is published."
}

resource "docker_container" "this" {
  name    = var.name
  image   = var.image
  command = ["httpd", "-f", "-p", "80", "-h", "/www"]
  init    = true
  restart = "unless-stopped"

  dynamic "networks_advanced" {
    for_each = toset(var.networks)

    content {
      name = networks_advanced.value
    }
  }

  # Without a port there is no ports block.
  dynamic "ports" {
    for_each = var.port == null ? [] : [var.port]

    content {
      internal = 80
      external = ports.value
      ip       = "127.0.0.1"
    }
  }

  dynamic "upload" {
    for_each = var.files

    content {
      file    = upload.key
      content = upload.value
    }
  }

  dynamic "upload" {
    for_each = var.programs

    content {
      file       = upload.key
      content    = upload.value
      executable = true
    }
  }

  # What depends on this service starts when it answers, through everything behind it.
  wait         = true
  wait_timeout = 60

  healthcheck {
    test     = ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1${var.path}"]
    interval = "1s"
    timeout  = "3s"
    retries  = 10
  }
}

output "name" {
  value = docker_container.this.name
}

# Both are there once the container is healthy, so whoever refers to them starts after that.
output "id" {
  value = docker_container.this.id
}
