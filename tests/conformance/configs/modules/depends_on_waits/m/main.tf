variable "said" {}

resource "terraform_data" "x" {
  provisioner "local-exec" {
    command = "${var.said} >> log"
  }
}

output "said" {
  value = var.said
}
