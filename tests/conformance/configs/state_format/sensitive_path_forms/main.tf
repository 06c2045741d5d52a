resource "terraform_data" "a" { 
 input = { a = "x", l = ["y"], m = tomap({k = "v"}) }
}
output "a" { 
 value = terraform_data.a.input
 sensitive = true
}
