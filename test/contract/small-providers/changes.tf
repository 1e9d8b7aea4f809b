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
resource "random_password" "num" {
  length  = 8
  numeric = var.v == 1 ? false : null
}
resource "random_password" "ov" {
  length           = 8
  override_special = var.v == 1 ? "" : null
}
resource "random_string" "same" {
  length  = 8
  keepers = var.v == 1 ? null : {}
}
resource "random_pet" "nulls" {
  keepers = var.v == 1 ? { a = "x" } : { a = "x", b = null }
}
resource "random_bytes" "nulls" {
  length  = 3
  keepers = var.v == 1 ? { a = "x" } : { a = "x", b = null }
}
resource "random_uuid" "gone" {
  keepers = var.v == 1 ? { a = "x" } : null
}
resource "time_rotating" "days" { rotation_days = 29 + var.v }
resource "time_rotating" "based" {
  rotation_days = 29 + var.v
  rfc3339       = "2035-01-01T00:00:00Z"
}
resource "time_rotating" "at" { rotation_rfc3339 = "204${var.v}-01-01T00:00:00Z" }
resource "time_rotating" "at_based" {
  rotation_rfc3339 = "204${var.v}-01-01T00:00:00Z"
  rfc3339          = "2035-01-01T00:00:00Z"
}
resource "time_offset" "days" { offset_days = var.v }
resource "time_offset" "based" {
  base_rfc3339 = "203${var.v}-01-01T00:00:00Z"
  offset_days  = 3
}
resource "time_offset" "both" {
  base_rfc3339 = "203${var.v}-01-01T00:00:00Z"
  offset_days  = var.v
}
resource "time_static" "a" { rfc3339 = "202${var.v}-02-12T06:36:13Z" }
resource "time_static" "t" { triggers = { v = var.v } }
resource "time_sleep" "a" {
  create_duration = "${var.v}ms"
}
resource "time_sleep" "t" {
  create_duration = "1ms"
  triggers        = { v = var.v }
}
resource "null_resource" "empty" { triggers = var.v == 1 ? null : {} }
resource "local_file" "dirperm" {
  filename             = "x/y"
  content              = "x"
  directory_permission = var.v == 1 ? "0755" : "0700"
}
resource "local_file" "unk" {
  filename = "z"
  content  = var.v == 1 ? "x" : null_resource.t.id
}
resource "null_resource" "t" { triggers = { v = var.v } }
resource "local_file" "late" {
  filename = "late"
  content  = null_resource.t.id
}
