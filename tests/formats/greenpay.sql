CREATE TABLE `pay_order` (
  `id` varchar(64) DEFAULT NULL,
  `order_no` varchar(64) DEFAULT NULL,
  `order_sn` varchar(64) DEFAULT NULL,
  `mch_id` varchar(64) DEFAULT NULL,
  `app_id` varchar(64) DEFAULT NULL,
  `subject` varchar(64) DEFAULT NULL,
  `out_order_no` varchar(64) DEFAULT NULL,
  `amount` varchar(64) DEFAULT NULL,
  `body` varchar(64) DEFAULT NULL,
  `client_ip` varchar(64) DEFAULT NULL,
  `notify_url` varchar(64) DEFAULT NULL,
  `redirect_url` varchar(64) DEFAULT NULL,
  `fee` varchar(64) DEFAULT NULL,
  `pay_product_id` varchar(64) DEFAULT NULL,
  `pay_product_code` varchar(64) DEFAULT NULL,
  `pay_product_name` varchar(64) DEFAULT NULL,
  `status` varchar(64) DEFAULT NULL,
  `paid_at` datetime DEFAULT NULL,
  `expired_at` datetime DEFAULT NULL,
  `created_at` datetime DEFAULT NULL,
  `updated_at` datetime DEFAULT NULL,
  PRIMARY KEY (`id`)
);
INSERT INTO `pay_order` VALUES (1,'G20240101','SN1',2,'app','充值','S20240101',1050,NULL,0,NULL,NULL,1,6,'wx_jsapi','微信公众号支付',2,'2024-01-02 01:05:00','2024-01-02 01:34:05','2024-01-02 01:04:05','2024-01-02 01:05:00');
INSERT INTO `pay_order` VALUES (2,'G20240102','SN2',2,'app','充值','S20240102',2050,NULL,0,NULL,NULL,2,6,'wx_jsapi','微信公众号支付',3,'2024-01-02 02:05:00','2024-01-02 02:34:05','2024-01-02 02:04:05','2024-01-02 02:05:00');
INSERT INTO `pay_order` VALUES (3,'G20240103','SN3',2,'app','充值','S20240103',3050,NULL,0,NULL,NULL,3,6,'wx_jsapi','微信公众号支付',1,NULL,'2024-01-02 03:34:05','2024-01-02 03:04:05','2024-01-02 03:05:00');
INSERT INTO `pay_order` VALUES (4,'G20240104','SN4',2,'app','充值','S20240104',4050,NULL,0,NULL,NULL,4,6,'wx_jsapi','微信公众号支付',-1,NULL,'2024-01-02 04:34:05','2024-01-02 04:04:05','2024-01-02 04:05:00');
INSERT INTO `pay_order` VALUES (5,'G20240105','SN5',2,'app','充值','S20240105',5050,NULL,0,NULL,NULL,5,6,'wx_jsapi','微信公众号支付',-2,NULL,'2024-01-02 05:34:05','2024-01-02 05:04:05','2024-01-02 05:05:00');
