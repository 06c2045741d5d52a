resource "terraform_data" "many" {
  count = 2
}

resource "terraform_data" "keyed" {
  for_each = toset(["a"])
}

output "both" {
  value = [terraform_data.keyed.id, terraform_data.many[2.5].id]
}
