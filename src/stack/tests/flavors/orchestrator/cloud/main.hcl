variable "instance_type" { default = null }
variable "size" {}
resource "cloud_role" "this" {}
output "role" { value = cloud_role.this.name }
