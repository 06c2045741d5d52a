resource "terraform_data" "c" { count = 2 }
resource "terraform_data" "f" { for_each = { z = 1 } }
resource "terraform_data" "s" { }
output "c1" { value = terraform_data.c[0].nope }
output "c2" { value = terraform_data.c[*].nope }
output "c3" { value = terraform_data.c[0]["nope"] }
output "c4" { value = terraform_data.c[0][1] }
output "c5" { value = terraform_data.c["x"].id }
output "f1" { value = terraform_data.f["z"].nope }
output "f2" { value = terraform_data.f["z"]["id"] }
output "f3" { value = terraform_data.f["z"].input.nope }
output "f4" { value = [for k, v in terraform_data.f : v.nope] }
output "f5" { value = terraform_data.f[0].id }
output "s1" { value = terraform_data.s.nope }
output "s2" { value = terraform_data.s.id.x }
output "s3" { value = terraform_data.s[0].id }
output "s4" { value = terraform_data.s["id"] }
output "s5" { value = terraform_data.s["nope"] }
output "s6" { value = terraform_data.s.*.id }
output "s7" { value = terraform_data.s[*].nope }
output "s8" { value = terraform_data.s.input.a.b }
