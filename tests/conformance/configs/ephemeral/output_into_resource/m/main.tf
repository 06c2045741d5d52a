variable "t" {
  ephemeral = true
}
output "e" {
  value = var.t
  ephemeral = true
}
