# A machine's profile, and its role made anew.
# steps: 2
resource "aws_iam_role" "node" {
  name_prefix = local.step == 1 ? "stackwright-node-" : "stackwright-nodes-"
  description = "of machines"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_instance_profile" "node" {
  name_prefix = "stackwright-node-"
  path        = "/machines/"
  role        = aws_iam_role.node.name
}

resource "aws_iam_role_policy_attachment" "node" {
  count      = 2
  role       = aws_iam_role.node.name
  policy_arn = element(["arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy", "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"], count.index)
}
