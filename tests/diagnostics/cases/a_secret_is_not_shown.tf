variable "token" {
  default   = "n0t-to-be-seen"
  sensitive = true
}
output "x" {
  value     = tonumber(var.token)
  sensitive = true
}
