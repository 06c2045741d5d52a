locals { a = 1 }
output "x" { value = local.a }
output "x" { value = local.a }
