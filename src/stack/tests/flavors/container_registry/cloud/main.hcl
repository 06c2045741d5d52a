resource "cloud_registry" "this" {}
output "uri" { value = cloud_registry.this.uri }
