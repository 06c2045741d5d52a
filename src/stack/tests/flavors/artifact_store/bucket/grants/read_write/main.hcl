variable "identity" {}
variable "target" {}
resource "cloud_grant" "this" {
  to = var.identity
  on = var.target
}
