# A container whose memory, processors and restart policy change while it runs: same container, same process.
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
  default     = "resize"
  description = "The container's name begins with this."
}

variable "memory" {
  type        = number
  default     = 64
  description = "Memory limit in MiB."
}

variable "cpu_set" {
  type        = string
  default     = "0"
  description = "The processors it may run on, like 0 or 0-1."
}

variable "restart" {
  type        = string
  default     = "no"
  description = "What happens when the process ends."

  validation {
    condition     = contains(["no", "on-failure", "always", "unless-stopped"], var.restart)
    error_message = "A restart policy is no, on-failure, always or unless-stopped."
  }
}

resource "docker_image" "busybox" {
  name         = "busybox:local"
  keep_locally = true
}

resource "docker_container" "app" {
  name    = "${var.name}-app"
  image   = docker_image.busybox.image_id
  command = ["sleep", "86400"]
  init    = true

  # All three are changed in place.
  memory  = var.memory
  cpu_set = var.cpu_set
  restart = var.restart
}

output "id" {
  value = docker_container.app.id
}
