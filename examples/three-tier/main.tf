# Three services in a chain: the web server asks the API, the API asks the database. One module describes all three.
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
  default     = "three-tier"
  description = "Every object's name begins with this."
}

variable "port" {
  type        = number
  default     = 18081
  description = "The port on this machine at which the web server answers."
}

# The image is there already: nothing is pulled, and it stays when everything else goes.
resource "docker_image" "busybox" {
  name         = "busybox:local"
  keep_locally = true
}

resource "docker_network" "front" {
  name = "${var.name}-front"
}

# The database is on a network without a way out; only the API is on both.
resource "docker_network" "back" {
  name     = "${var.name}-back"
  internal = true
}

module "database" {
  source = "./modules/service"

  name     = "${var.name}-database"
  image    = docker_image.busybox.image_id
  networks = [docker_network.back.name]
  files    = { "/www/index.html" = jsonencode([for id in range(3) : { id = id, name = "item ${id}" }]) }
}

module "api" {
  source = "./modules/service"

  name     = "${var.name}-api"
  image    = docker_image.busybox.image_id
  networks = [docker_network.back.name, docker_network.front.name]
  path     = "/cgi-bin/items"
  programs = { "/www/cgi-bin/items" = templatefile("${path.module}/forward.sh.tftpl", { upstream = module.database.name }) }
}

module "web" {
  source = "./modules/service"

  name     = "${var.name}-web"
  image    = docker_image.busybox.image_id
  networks = [docker_network.front.name]
  port     = var.port
  path     = "/cgi-bin/items"
  files    = { "/www/index.html" = file("${path.module}/index.html") }
  programs = {
    "/www/cgi-bin/items" = templatefile("${path.module}/forward.sh.tftpl", { upstream = "${module.api.name}/cgi-bin/items" })
  }
}

output "url" {
  value = "http://127.0.0.1:${var.port}/cgi-bin/items"
}

output "containers" {
  value = { for service in [module.database, module.api, module.web] : service.name => service.id }
}
