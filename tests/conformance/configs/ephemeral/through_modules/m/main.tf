variable "t" {
  ephemeral = true
}
output "o" { value = ephemeralasnull(var.t) }
output "e" {
  value = var.t
  ephemeral = true
}
