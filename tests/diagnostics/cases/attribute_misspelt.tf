locals {
  server = { address = "10.0.0.1", port = 80 }
}
output "x" { value = local.server.adress }
