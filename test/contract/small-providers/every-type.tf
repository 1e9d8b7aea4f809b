terraform {
  required_providers {
    random = { source = "hashicorp/random" }
    null   = { source = "hashicorp/null" }
    local  = { source = "hashicorp/local" }
    time   = { source = "hashicorp/time" }
  }
}
variable "v" {
  type    = number
  default = 1
}
resource "random_id" "a" {
  byte_length = 4
  prefix      = "p-"
  keepers     = { k = var.v }
}
resource "random_uuid" "a" {}
resource "random_uuid4" "a" {}
resource "random_uuid7" "a" {}
resource "random_bytes" "a" { length = 5 }
resource "random_password" "a" {
  length           = 16
  min_special      = 2
  override_special = "#!"
}
resource "random_string" "a" {
  length  = 8
  numeric = false
  keepers = { k = var.v, n = null }
}
resource "random_pet" "a" { prefix = "x" }
resource "random_pet" "three" {
  length    = 3
  separator = "_"
}
resource "random_integer" "a" {
  min  = 1
  max  = 100
  seed = "abc"
}
resource "random_integer" "big" {
  min  = 1
  max  = 9000000000000000
  seed = "hello"
}
resource "random_shuffle" "a" {
  input = ["a", "b", "c", "d", "e", "f"]
  seed  = "seedy"
}
resource "random_shuffle" "more" {
  input        = ["a", "b", "c"]
  seed         = "s"
  result_count = 7
}
resource "random_shuffle" "none" {
  input        = ["a"]
  result_count = 0
}
resource "null_resource" "a" {}
resource "null_resource" "t" { triggers = { k = var.v, n = null } }
data "null_data_source" "a" { inputs = { a = "b" } }
resource "local_file" "a" {
  filename             = "${path.module}/out/deep/a.txt"
  content              = "hello ${var.v}\n"
  directory_permission = "0750"
}
resource "local_file" "b64" {
  filename        = "b.bin"
  content_base64  = "//79AAE="
  file_permission = "640"
}
resource "local_file" "src" {
  filename = "c.txt"
  source   = "main.tf"
}
resource "local_file" "sens" {
  filename          = "d.txt"
  sensitive_content = "sec"
}
resource "local_sensitive_file" "a" {
  filename = "e.txt"
  content  = "secret"
}
data "local_file" "a" { filename = "${path.module}/in.txt" }
data "local_sensitive_file" "a" { filename = "in.txt" }
resource "time_static" "now" {}
resource "time_static" "fixed" { rfc3339 = "2020-02-12T06:36:13Z" }
resource "time_static" "zone" { rfc3339 = "2020-02-12T06:36:13+02:00" }
resource "time_offset" "a" {
  offset_days = 7
  triggers    = { k = var.v }
}
resource "time_offset" "fixed" {
  base_rfc3339   = "2020-01-31T23:59:59Z"
  offset_months  = 1
  offset_seconds = -10
}
resource "time_rotating" "a" { rotation_days = 30 }
resource "time_rotating" "fixed" {
  rfc3339         = "2030-01-31T00:00:00Z"
  rotation_months = 1
}
resource "time_rotating" "at" { rotation_rfc3339 = "2040-01-01T00:00:00Z" }
resource "time_sleep" "a" {
  create_duration  = "10ms"
  destroy_duration = "0.1s"
}
output "b" { value = random_bytes.a.length }
