locals {
  bucket_name = "models"
}
output "name" { value = local.bucket_nam }
