variable "demands" { default = [] }
resource "cloud_cluster" "this" {}
output "name" { value = cloud_cluster.this.name }
output "endpoint" { value = cloud_cluster.this.endpoint }
output "ingress" { value = null }
