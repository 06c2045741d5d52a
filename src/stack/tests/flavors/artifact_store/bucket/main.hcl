variable "bucket" { description = "The bucket's name." }
variable "on_destroy" { default = "fail_if_not_empty" }
resource "cloud_bucket" "this" { name = var.bucket }
output "uri" { value = cloud_bucket.this.uri }
output "arn" { value = cloud_bucket.this.arn }
output "key" {
  value     = cloud_bucket.this.key
  sensitive = true
}
