# Fifty containers from one block. Taking a key out of the map removes that container and touches no other.
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
  default     = "many"
  description = "Every object's name begins with this."
}

variable "size" {
  type        = number
  default     = 50
  description = "How many containers there are."
}

resource "docker_image" "busybox" {
  name         = "busybox:local"
  keep_locally = true
}

resource "docker_network" "workers" {
  name = "${var.name}-workers"
}

locals {
  # worker-00 = { role = "web", weight = 1024 }, worker-01 = { role = "queue", weight = 512 }, ...
  workers = { for index in range(var.size) : format("worker-%02d", index) => {
    role   = element(["web", "queue", "cron"], index)
    weight = index % 2 == 0 ? 1024 : 512
  } }
}

resource "docker_container" "worker" {
  for_each = local.workers

  name       = "${var.name}-${each.key}"
  image      = docker_image.busybox.image_id
  command    = ["sleep", "86400"]
  env        = ["ROLE=${each.value.role}"]
  cpu_shares = each.value.weight
  init       = true

  labels {
    label = "role"
    value = each.value.role
  }

  networks_advanced {
    name = docker_network.workers.name
  }
}

output "roles" {
  value = { for key, worker in local.workers : worker.role => key... }
}
