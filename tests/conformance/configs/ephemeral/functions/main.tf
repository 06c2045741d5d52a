variable "t" {
  ephemeral = true
}
output "a" { value = ephemeralasnull({ x = var.t, y = [1, var.t], z = 3 }) }
output "b" { value = ephemeralasnull(null) }
output "c" { value = ephemeralasnull(sensitive("x")) == "x" }
output "d" { value = can(ephemeralasnull()) }
output "e" { value = nonsensitive(ephemeralasnull(sensitive(var.t)) == null) }
output "f" { value = try(var.t, "x") == null ? 1 : 2 }
