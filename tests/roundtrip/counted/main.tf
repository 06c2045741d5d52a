resource "terraform_data" "rewritten" {}

resource "terraform_data" "many" {
  count            = 3
  input            = "item-${count.index}"
  triggers_replace = count.index
}

resource "terraform_data" "first" {
  input = terraform_data.many[0].id
}

resource "terraform_data" "all" {
  input = { ids = terraform_data.many[*].id, none = terraform_data.none[*].id }
}

resource "terraform_data" "none" {
  count = 0
}

output "ids" {
  value = terraform_data.many[*].id
}
