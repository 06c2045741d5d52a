# provider local
terraform {
  required_providers { local = { source = "hashicorp/local" } }
}
resource "local_file" "changed" {
  filename = "${path.module}/changed.txt"
  content  = "a"
}
resource "local_sensitive_file" "deleted" {
  filename = "${path.module}/deleted.txt"
  content  = "secret"
}
data "local_file" "read" {
  filename = local_file.changed.filename
}
output "content" { value = data.local_file.read.content }
# then
# shell rm -f changed.txt deleted.txt
terraform {
  required_providers { local = { source = "hashicorp/local" } }
}
resource "local_file" "changed" {
  filename = "${path.module}/changed.txt"
  content  = "b"
}
resource "local_sensitive_file" "deleted" {
  filename = "${path.module}/deleted.txt"
  content  = "secret"
}
data "local_file" "read" {
  filename = local_file.changed.filename
}
output "content" { value = data.local_file.read.content }
