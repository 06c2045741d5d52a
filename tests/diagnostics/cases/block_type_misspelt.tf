resorce "terraform_data" "a" {}
