variable "t" { ephemeral = true }
output "p" {
  value = { a = var.t, b = 1 }
  ephemeral = true
}
